"""What uvicorn serves."""

import os

from django.core.asgi import get_asgi_application

from yijian.web.tips.asgi_door import small_bodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yijian.web.settings")
application = small_bodies(get_asgi_application())
