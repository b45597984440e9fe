"""Guidelines: the capabilities that a programme requires of a cloud, each as a set of documented requirements.

``model`` has the classes, ``load`` reads the file strictly, ``choice`` says which requirements and cases of a set of
specs a guideline needs, and ``needed`` keeps that choice beside a run record.
"""
