app_name = "referencing"
urlpatterns = []
