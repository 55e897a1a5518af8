"""Which modules of the article's training deal with which duty, for the demo and for a hub that begins with them.

The article says that functions and responsibilities, services for public safety and local mechanisms were dealt with;
which duty that is follows from the module's own title.
"""

from sofra.councils import mechanism_examples
from sofra.councils import mechanism_services as services
from sofra.councils.models import Duty
from sofra.training.models import Curriculum

from . import duties

# Duty -> how its modules' titles begin.
TAUGHT = {
    "al.social-services": ("Funksionet dhe përgjegjësitë", "Faktorët e rrezikut"),
    "al.public-safety": ("Funksionet dhe përgjegjësitë", "Shërbimet e bashkisë për sigurinë publike", "Policimi në"),
    "al.domestic-violence": ("Mekanizmat vendorë",),
    "al.child-protection": ("Mekanizmat vendorë",),
}


def link_duties(code: str) -> int:
    """Link the modules of the curriculum that are not linked yet; how many modules of a duty are linked then."""
    curriculum = Curriculum.objects.get(code=code)
    mechanism_examples.load_duties()
    titles = duties.titles_of(curriculum.editions.filter(language="sq"))
    number = 0
    for duty in Duty.objects.filter(code__in=TAUGHT):
        for title in titles:
            if title.startswith(TAUGHT[duty.code]):
                services.link_taught(duty, curriculum=curriculum.code, module=title, by=None)
                number += 1
    return number
