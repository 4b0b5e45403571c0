from django.db import models


class Region(models.Model):
    code = models.CharField("code", max_length=3, primary_key=True, help_text="Code officiel géographique (Insee).")
    name = models.CharField("nom", max_length=60, unique=True)

    class Meta:
        verbose_name = "région"
        verbose_name_plural = "régions"
        ordering = ["name", "pk"]

    def __str__(self):
        return self.name


class Department(models.Model):
    code = models.CharField("code", max_length=3, primary_key=True, help_text="« 34 », « 2A », « 974 ».")
    name = models.CharField("nom", max_length=60, unique=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="departments", verbose_name="région")

    class Meta:
        verbose_name = "département"
        verbose_name_plural = "départements"
        ordering = ["code"]

    def __str__(self):
        return f"{self.name} ({self.code})"
