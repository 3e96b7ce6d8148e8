"""localyun: Alibaba Cloud's ECS image service, sharing across accounts included, on your own machine."""

__version__ = "0.1.0"
