"""Elastic Compute Service."""

from localyun.spec.declare import Product

ECS = Product("ecs", "2014-05-26")
