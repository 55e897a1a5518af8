"""The phrases of Annex I, of the chapters and of everyday Albanian and English, beside the code that they stand for.

Words are folded (no marks, lower case). A word that ends in * stands for all that begin so, because Albanian declines
at the end ("trajnim*": trajnim, trajnime, trajnimeve); a lone * is any one word. A phrase under the empty code is
understood, but is none of the codes.
"""

from .vocabulary import Audience, Kind, RelevantKind, SpecificKind, Theme

_NOTHING = (
    "whole of society approach", "whole of the society approach", "activit*", "etc", "other*", "organized in country",
    "n a", "qasj* gjitheperfshirese", "qasj* * gjithe shoqerise", "aktivitet*", "te tjera", "etj",
)  # fmt: skip

THEMES: dict[str, tuple[str, ...]] = {
    Theme.AWARENESS: (
        "awareness", "raising awareness", "informative session*", "information session*", "informative activit*",
        "information campaign*", "sensitis*", "sensitiz*", "ndergjegjes*", "sensibiliz*", "sesion* informues*",
        "takim* informues*", "fushat* informuese",
    ),
    Theme.COMMUNITY: (
        "community engagement", "community involvement", "community mobilis*", "community mobiliz*",
        "involvement of the community", "engagement of the community", "angazhim* i komunitetit",
        "angazhim* te komunitetit", "angazhim* komunitar", "perfshirj* e komunitetit", "perfshirj* se komunitetit",
        "angazhimi qytetar ne komunitet",
    ),
    Theme.TRAINING: (
        "training*", "capacity building", "tot", "mentoring", "workshop*", "trajn*", "ngritj* e kapaciteteve",
        "ngritj* se kapaciteteve", "rritj* e kapaciteteve", "forcim* i kapaciteteve", "mentorim*", "punetori*",
    ),
    Theme.RESEARCH: (
        "research", "scientific research", "academic research", "report drafting", "research report*", "study",
        "studies", "assessment of driver*", "questionnaire*", "survey*", "manual drafting", "kerkim*", "hulumt*",
        "studim*", "raport*", "pyetesor*", "anket*",
    ),
    Theme.EDUCATION: (
        "school*", "teacher training", "teacher manual", "teacher*", "education*", "extracurricular activit*",
        "curricul*", "shkoll*", "mesues*", "arsim*", "edukim*", "jashteshkollor*", "mesimdhenie*",
    ),
    Theme.YOUTH: ("youth", "young people", "young women and men", "adolescent*", "rini*", "te rinj*", "adoleshent*"),
    Theme.WOMEN: (
        "women", "woman", "girl*", "gender", "gender equality", "domestic violence", "gra", "grave", "grate", "grua",
        "gruas", "gruaja", "vajza*", "barazi* gjinore", "dhun* ne familje", "dhun* me baze gjinore",
    ),
    Theme.DIALOGUE: (
        "interfaith", "inter faith", "interreligious", "inter religious", "religious harmony", "religious dialogue",
        "religious tolerance", "intercultural", "inter cultural", "dialogue", "tolerance", "nderfetar*",
        "nder fetar*", "nderkulturor*", "harmoni* fetare", "tolerance* fetare", "dialog*", "toleranc*",
    ),
    Theme.EARLY: (
        "early identification", "early identification and prevention", "early warning", "early prevention",
        "identifikim* i hershem", "identifikim* te hershem", "parandalim* i hershem", "paralajmerim* i hershem",
    ),
    Theme.REHABILITATION: (
        "rehabilitat*", "re integration of *", "reintegrat*", "deradicali*", "de radicali*", "disengagement",
        "rehabilitim*", "riintegrim*", "ri integrim*", "deradikalizim*", "de radikalizim*", "shkeputj*",
    ),
    Theme.NARRATIVES: (
        "countering narrative*", "counter narrative*", "counternarrative*", "counter messag*",
        "alternative narrative*", "alternative messag*", "media literacy", "media campaign*", "social media",
        "kunder narrativ*", "kundernarrativ*", "narrativ* alternativ*", "mesazh* alternativ*", "kundermesazh*",
        "edukim* mediatik", "rrjete* sociale",
    ),
    Theme.ADVOCACY: (
        "advocacy", "lobbying", "policy dialogue", "policy", "policies", "drafting of action plan*", "action plan*",
        "local plan*", "national strategy", "drafting a local plan", "avokim*", "avokaci*", "lobim*",
        "politik* publike", "politika*", "plan* veprimi", "plan* * veprimit", "plan* vendor*", "strategji*",
    ),
    Theme.MONITORING: (
        "monitoring", "trial monitoring", "court monitoring", "observation of trial*", "legal monitoring",
        "monitorim*", "vezhgim*",
    ),
    Theme.GRANTS: ("sub grant*", "subgrant*", "grant*", "nengrant*", "nen grant*"),
    Theme.EMPLOYMENT: (
        "employment", "youth employment", "enterprise*", "entrepreneurship", "vocational*", "jobs", "punesim*",
        "sipermarrj*", "formim* profesional", "aftesim* profesional",
    ),
    Theme.SECURITY: (
        "security council*", "local council for public security", "public security", "safety council*",
        "local security", "community policing", "community safety", "keshill* * sigurise",
        "keshill* vendor* * sigurise", "siguri* publike", "siguri* vendore", "policim* ne komunitet",
        "sigurise ne komunitet",
    ),
    Theme.RESILIENCE: (
        "resilien*", "community resilience", "building community resilience", "rezilienc*",
        "qendrueshmeri* * komunitetit", "qendrueshmeri* komunitare", "qendrueshmeri*",
    ),
    "": _NOTHING,
}  # fmt: skip

# "Prevention" alone may be of anything: drugs, floods, domestic violence. It counts where the text says what is
# prevented, or in the words of Annex I, whose whole table is about violent extremism ("prevention programming").
ACTIVITIES: dict[str, tuple[str, ...]] = {
    SpecificKind.PREVENTION: (
        "prevention programming", "awareness and prevention programming", "p cve", "pcve", "pve", "cve", "verlt",
        "prevention of violent extremism", "prevention of extremism", "prevention of radicali*",
        "preventing violent extremism", "prevent violent extremism", "counter violent extremism",
        "prevent and counter violent extremism", "prevent radicali*", "against violent extremism",
        "preventing radicali*", "prevention and countering violent extremism",
        "prevention and countering of violent extremism", "prevention and countering of * violent extremism",
        "preventing and countering violent extremism", "countering violent extremism",
        "countering of violent extremism", "countering extremism", "countering radicali*", "combating extremism",
        "combating violent extremism", "fight against violent extremism", "prevention and combating terrorism",
        "prevention of terrorism", "countering narratives and violent extremism", "parandalim* * ekstremizmit",
        "parandalim* * radikalizmit", "parandalim* * radikalizimit", "parandalim* * terrorizmit",
        "parandalim* dhe * * ekstremizmit", "kundershtim* * ekstremizmit", "kunder ekstremizmit", "p kedh", "pkedh",
        "kedh", "parandalim* dhe lufta kunder ekstremizmit", "programe parandalimi", "programe parandaluese",
    ),
    SpecificKind.DERADICALISATION: (
        "deradicali*", "de radicali*", "deradikalizim*", "de radikalizim*", "cradikalizim*",
    ),
    SpecificKind.DISENGAGEMENT: (
        "disengagement", "disengaging", "shkeputj* nga ekstremizmi", "shkeputj* nga dhuna", "shkeputj* nga grupet",
        "largim* nga ekstremizmi",
    ),
    SpecificKind.REINTEGRATION: (
        "rehabilitation programming", "rehabilitation of return*", "rehabilitation of foreign",
        "rehabilitation of former fighter*", "reintegration of return*", "re integration of return*",
        "reintegration of foreign", "reintegration of fighter*", "reintegration of former fighter*",
        "reintegration of former extremist*", "riintegrim* * kthyer*", "riintegrim* * te kthyer*",
        "riintegrim* * luftetar*", "riintegrim* * ish luftetar*", "rehabilitim* * kthyer*",
        "rehabilitim* * te kthyer*", "rehabilitim* * luftetar*", "programe rehabilitimi",
    ),
    SpecificKind.COUNTER_NARRATIVE: (
        "countering narrative*", "countering narratives and violent extremism", "counter narrative*",
        "counternarrative*", "counter messag*", "countermessag*", "alternative narrative*", "kunder narrativ*",
        "kundernarrativ*", "kundermesazh*", "narrativ* alternativ*",
    ),
    SpecificKind.RESILIENCE_TO_VE: tuple(
        f"{whose} {goal}"
        for whose in ("resilience", "community resilience", "building community resilience", "resilience of *",
                      "resilience of * *", "building resilience")
        for goal in ("to violent extremism", "against violent extremism", "to extremism", "against extremism", "to ve",
                     "to radicali*", "against radicali*")
    ) + tuple(
        f"{whose} {goal}"
        for whose in ("rezilienc*", "rezilienc* * komunitetit", "rezilienc* komunitar*", "qendrueshmeri*",
                      "qendrueshmeri* * komunitetit", "qendrueshmeri* komunitar*")
        for goal in ("ndaj ekstremizmit", "kunder ekstremizmit", "ndaj radikalizmit", "ndaj radikalizimit")
    ),
    RelevantKind.YOUTH: (
        "youth empowerment", "empowerment of youth", "empowering youth", "empowering young people",
        "empowerment of young people", "fuqizim* * rinise", "fuqizim* * te rinjve", "fuqizim* rinor",
    ),
    RelevantKind.WOMEN: (
        "women empowerment", "womens empowerment", "empowerment of women", "empowering women",
        "womens economic empowerment", "fuqizim* * grave", "fuqizim* * gruas", "fuqizim* ekonomik * grave",
    ),
    RelevantKind.RULE_OF_LAW: ("rule of law", "shtet* * se drejtes", "shtet* ligjor", "sundim* * ligjit"),
    RelevantKind.ANTI_CORRUPTION: (
        "anti corruption", "anticorruption", "fight against corruption", "antikorrupsion*", "anti korrupsion*",
        "kunder korrupsionit",
    ),
    RelevantKind.CIVIC: (
        "civic engagement", "civic participation", "civic education", "civic activism", "angazhim* qytetar*",
        "pjesemarrj* qytetare", "edukim* qytetar*", "aktivizm* qytetar*",
    ),
    RelevantKind.RIGHTS: (
        "human right*", "childrens right*", "womens right*", "te drejta* e njeriut", "te drejtave te njeriut",
    ),
    RelevantKind.DEMOCRACY: ("democracy", "democratisation", "democratization", "demokraci*", "demokratizim*"),
    RelevantKind.GOVERNANCE: (
        "good governance", "local governance", "qeverisj* * mire", "qeverisj* vendore", "mireqeverisj*",
    ),
    RelevantKind.VOCATIONAL: (
        "vocational training", "vocational education", "formim* profesional", "arsim* profesional",
        "aftesim* profesional", "kurse profesionale",
    ),
    RelevantKind.EDUCATION: ("education", "arsim*", "edukim*", "mesimdhenie*"),
    RelevantKind.TRUST: (
        "trust building", "building trust", "building of trust", "community engagement", "community involvement",
        "ndertim* * besimit", "angazhim* * komunitetit", "angazhim* komunitar", "perfshirj* * komunitetit",
    ),
    RelevantKind.CONFLICT: (
        "conflict resolution", "dispute resolution", "conflict management", "mediation", "resolution of conflicts",
        "zgjidhj* * konflikteve", "zgjidhj* * mosmarreveshjeve", "ndermjetesim*", "menaxhim* * konflikteve",
    ),
    "community-resilience": (
        "resilience", "community resilience", "building community resilience", "building community res",
        "building resilience", "rezilienc*", "qendrueshmeri* * komunitetit", "qendrueshmeri* komunitare",
    ),
    "": (
        *_NOTHING, "european education area", "financial resilience", "climate resilience", "resilience to climate",
        "drug prevention programming", "crime prevention programming", "violence prevention programming",
    ),
}  # fmt: skip

AUDIENCES: dict[str, tuple[str, ...]] = {
    Audience.STUDENTS: ("student*", "pupil*", "school*", "nxenes*", "shkoll*"),
    Audience.TEACHERS: ("teacher*", "mesues*", "training of teacher*", "headteacher*"),
    Audience.PARENTS: ("parent*", "prinder*"),
    Audience.YOUTH: ("youth", "young people", "young leader*", "adolescent*", "rini*", "te rinj*", "adoleshent*"),
    Audience.WOMEN: ("women", "woman", "girl*", "gra", "grave", "grate", "gruaja", "vajza*"),
    Audience.RELIGIOUS: (
        "religious leader*", "religious cleric*", "cleric*", "imam*", "priest*", "lider* fetar*",
        "drejtues* fetar*", "klerik*",
    ),
    Audience.OFFICIALS: (
        "local official*", "municipal official*", "civil servant*", "public official*",
        "municipality representative*", "municipal employee*", "security council* members", "nenpunes*", "zyrtar*",
        "punonjes* * bashkis*", "perfaqesues* * bashkis*",
    ),
    Audience.POLICE: (
        "police", "police officer*", "policia", "policise", "policet", "policeve", "punonjes* * policise",
    ),
    Audience.PRISON: (
        "prison staff", "probation staff", "staff of prison*", "prison personnel", "prison officer*",
        "probation officer*", "staf* * burgje*", "personel* * burgje*", "punonjes* * burgje*", "sherbim* * proves",
    ),
    Audience.PRISONERS: ("prisoner*", "prisons", "in prisons", "inmate*", "detainee*", "te burgosur*", "te denuar*"),
    Audience.RETURNEES: (
        "returnee*", "returnee fighter*", "returning fighter*", "foreign terrorist fighter*", "te kthyer* nga",
        "te kthyerit nga zonat *", "luftetare* * kthyer*",
    ),
    Audience.FAMILIES: ("families", "family", "familj*"),
    Audience.ROMA: ("roma", "egyptian*", "roma and egyptian*", "romeve", "romet", "egjiptian*"),
    Audience.DISABILITY: (
        "people with disabilit*", "persons with disabilit*", "disabled people", "njerez* me aftesi te kufizuar*",
        "persona* me aftesi te kufizuar*",
    ),
    Audience.JOURNALISTS: ("journalist*", "gazetar*"),
    Audience.CSOS: (
        "civil society organi*", "csos", "npos", "ngos", "ojf*", "osheqe", "organizata* * shoqerise civile",
    ),
    Audience.COMMUNITY: (
        "the community", "training the community", "community engagement", "community involvement", "citizens",
        "local community", "komunitet*", "qytetaret", "qytetareve",
    ),
    "": (*_NOTHING, "young people in focus", "community resilience", "building community resilience", "gra e burra"),
}  # fmt: skip

# A body's kind as its name says it, and only where a name can say it. The first line that fits wins; "=" asks for the
# whole name. A centre, a foundation, an institute, a forum, an academy or a "Network for …" may be anything: unknown.
KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    # A seat of another state or a body of several states: before "council", "union" and "agency" can mislead.
    (Kind.INTERNATIONAL, (
        "council of europe", "keshilli i evropes", "osce", "osbe",
        "organization for security and co operation in europe", "iom albania", "=iom",
        "international organization for migration", "international organisation for migration",
        "international office for migration", "undp", "unicef", "unodc", "unhcr", "un women", "united nations",
        "kombet e bashkuara", "world bank", "banka boterore", "regional cooperation council",
        "world health organization",
    )),
    (Kind.CSO, (
        "association", "shoqata", "ngo", "npo", "ojf", "ojq", "helsinki committee", "komiteti shqiptar i helsinkit",
        "helsinki committee for human rights", "organizata jofitimprurese", "organizata joqeveritare",
        "civil society organi*",
    )),
    (Kind.DONOR, (
        "embassy", "ambasada", "=european union", "=bashkimi evropian", "=european commission", "=eu",
        "delegation of the european union", "delegacioni i bashkimit evropian", "usaid",
        "austrian development agency", "open society foundation",
    )),
    (Kind.COUNCIL, (
        "security council", "safety council", "council for public security", "council of public security",
        "keshilli i sigurise", "keshilli vendor i sigurise", "keshilli vendor per sigurine publike",
        "keshilli vendor i sigurise publike", "municipal council", "keshilli bashkiak",
    )),
    (Kind.NETWORK, (
        "network of organi*", "network of ngos", "network of csos", "network of monitoring", "rrjeti i organizatave",
        "rrjeti i shoqatave", "rrjeti i monitorimit", "coalition", "koalicioni",
    )),
    (Kind.UNIVERSITY, ("university", "universiteti", "universitet", "faculty of", "fakulteti")),
    (Kind.SCHOOL, (
        "primary school", "secondary school", "high school", "elementary school", "9 year school", "shkolla e mesme",
        "shkolla 9 vjecare", "shkolla nentevjecare", "shkolla fillore", "shkolla e bashkuar", "gjimnazi", "kopshti",
    )),
    (Kind.PUBLIC, (
        "ministry of", "ministria e", "ministria per", "municipality of", "municipality", "bashkia", "prefecture",
        "prefektura", "prefecture of", "state police", "policia e shtetit", "drejtoria vendore",
        "drejtoria e policise", "drejtoria rajonale", "zyra vendore arsimore", "zyra arsimore", "drejtoria arsimore",
        "police directorate", "education office", "probation service", "sherbimi i proves",
        "national employment service", "coordination center countering violent extremism",
        "coordination center for countering violent extremism", "coordination center against violent extremism",
        "qendra e koordinimit kedh", "qendra e koordinimit kunder ekstremizmit", "njesia administrative",
        "keshilli i qarkut",
    )),
    (Kind.FBO, (
        "church of", "kisha", "mosque", "xhamia", "myftinia", "diocese", "dioqeza", "archdiocese", "arqidioqeza",
        "caritas", "karitas", "muslim community of", "komuniteti mysliman", "bektashi world center", "kryegjyshata",
        "faith based",
    )),
    (Kind.MEDIA, (
        "=radio *", "=tv *", "radio televizioni", "radio television", "televizioni", "gazeta", "news agency",
        "newspaper",
    )),
)  # fmt: skip
# "University students' union" is no university, "Association of Municipalities" is a CSO already.
NOT_OF_THAT_KIND = (
    "student union", "students union", "unioni i studenteve", "studenteve", "alumni", "friends of", "miqte e",
    "parliament", "parlamenti", "university women", "sport club", "klubi",
)  # fmt: skip

KIND_WORDS: dict[str, str] = {
    "cso": Kind.CSO, "ngo": Kind.CSO, "npo": Kind.CSO, "ojf": Kind.CSO, "ojq": Kind.CSO, "osc": Kind.CSO,
    "oshc": Kind.CSO, "civil society": Kind.CSO, "civil society organization": Kind.CSO, "shoqate": Kind.CSO,
    "association": Kind.CSO, "organizate e shoqerise civile": Kind.CSO, "organizate joqeveritare": Kind.CSO,
    "organizate jofitimprurese": Kind.CSO, "fbo": Kind.FBO, "faith based organization": Kind.FBO,
    "organizate fetare": Kind.FBO, "organizate e bazuar ne besim": Kind.FBO,
    "organizate me baze fetare": Kind.FBO, "bashkesi fetare": Kind.FBO,
    "informal group": Kind.INFORMAL_GROUP, "grup joformal": Kind.INFORMAL_GROUP, "formal group": Kind.FORMAL_GROUP,
    "grup formal": Kind.FORMAL_GROUP, "rrjet": Kind.NETWORK, "keshill": Kind.COUNCIL, "shkolle": Kind.SCHOOL,
    "public body": Kind.PUBLIC, "public institution": Kind.PUBLIC,
    "institucion publik": Kind.PUBLIC, "ministry": Kind.PUBLIC,
    "municipality": Kind.PUBLIC, "ministri": Kind.PUBLIC, "bashki": Kind.PUBLIC, "donator": Kind.DONOR,
    "dhurues": Kind.DONOR, "international": Kind.INTERNATIONAL, "international organization": Kind.INTERNATIONAL,
    "organizate nderkombetare": Kind.INTERNATIONAL, "universitet": Kind.UNIVERSITY, "medie": Kind.MEDIA,
    "media": Kind.MEDIA,
}  # fmt: skip
