"""The flow chart of a procedure, drawn on the server: what is on it, where it stands, and nothing of how it looks.

``flow.py`` reads a procedure as places and arrows, ``order.py`` stands the places one below the other, ``layout.py``
gives everything its coordinates. The template draws what comes out with plain SVG attributes, so that the browser,
the printer and the PDF show the same picture.
"""
