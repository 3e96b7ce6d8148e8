"""The console: pages for people, at `/_localyun/console/`. Plain functions from a visit to a page.

Nothing here knows HTTP: `web.console` hands in visits and sends the pages.
"""
