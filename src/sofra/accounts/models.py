"""What we keep of people who sign in. Seen by themselves and the coordinator; a name is shown to members."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from . import roles


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=8, default="sq")
    is_active = models.BooleanField(default=True)
    joined_on = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def roles_held(self) -> frozenset[roles.Role]:
        """The roles that the person holds now; none where all have ended or the account is closed."""
        if not self.is_active:
            return frozenset()
        held = self.grants.filter(ended_on=None).values_list("role", flat=True)
        return frozenset(roles.BY_CODE[code] for code in held)

    @cached_property
    def role(self) -> roles.Role:
        """The highest role that the person holds now."""
        return max(self.roles_held, key=lambda role: (role.rank, role.sees), default=roles.VISITOR)

    @property
    def is_technical(self) -> bool:
        return roles.TECHNICAL in self.roles_held

    @property
    def is_staff(self) -> bool:
        return self.is_technical


class RoleGrant(models.Model):
    """A role given to a person, by whom and when; ended, never deleted."""

    user = models.ForeignKey(User, models.CASCADE, related_name="grants")
    role = models.CharField(max_length=20, choices=[(role.code, role.name) for role in roles.ALL[1:]])
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    granted_on = models.DateTimeField(auto_now_add=True)
    ended_on = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    @property
    def held(self) -> roles.Role:
        return roles.BY_CODE[self.role]


class Invitation(models.Model):
    """An open door for one address. The token itself is never kept, only its hash."""

    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=[(role.code, role.name) for role in roles.ALL[1:]])
    organisations = models.JSONField(default=list, help_text="Codes of the organisations that a member edits")
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    invited_on = models.DateTimeField(auto_now_add=True)
    expires_on = models.DateTimeField()
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="invitations_accepted")
    accepted_on = models.DateTimeField(null=True)
    withdrawn_on = models.DateTimeField(null=True)

    @property
    def offered(self) -> roles.Role:
        return roles.BY_CODE[self.role]

    @property
    def is_open(self) -> bool:
        """Whether the link still opens: not used, not withdrawn, not past its day."""
        return self.accepted_on is None and self.withdrawn_on is None and self.expires_on > timezone.now()
