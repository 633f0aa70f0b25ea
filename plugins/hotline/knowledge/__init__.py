"""The support database: problems and remedies, reviewed before anybody relies on them (QI/01 flow)."""
