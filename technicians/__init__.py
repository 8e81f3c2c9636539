"""People, skills, shifts, absences and coverage of counties; the declarative base of all records."""
