"""The référents' back office: Django's admin, a file for each model and one for each thing that a form can't do."""
