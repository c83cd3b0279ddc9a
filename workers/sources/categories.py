"""The categories that arXiv, bioRxiv and medRxiv know, as a spec writes them."""

ARCHIVES = frozenset({
    "astro-ph", "cond-mat", "cs", "econ", "eess", "gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math", "math-ph",
    "nlin", "nucl-ex", "nucl-th", "physics", "q-bio", "q-fin", "quant-ph", "stat",
})  # fmt: skip
"""arXiv's archives of today (category taxonomy)."""

BIORXIV = frozenset({
    "animal_behavior_and_cognition", "biochemistry", "bioengineering", "bioinformatics", "biophysics", "cancer_biology",
    "cell_biology", "clinical_trials", "developmental_biology", "ecology", "epidemiology", "evolutionary_biology",
    "genetics", "genomics", "immunology", "microbiology", "molecular_biology", "neuroscience", "paleontology",
    "pathology", "pharmacology_and_toxicology", "physiology", "plant_biology", "scientific_communication_and_education",
    "synthetic_biology", "systems_biology", "zoology",
})  # fmt: skip
"""bioRxiv's subject areas."""

MEDRXIV = frozenset({
    "addiction_medicine", "allergy_and_immunology", "anesthesia", "cardiovascular_medicine",
    "dentistry_and_oral_medicine", "dermatology", "emergency_medicine", "endocrinology", "epidemiology",
    "forensic_medicine", "gastroenterology", "genetic_and_genomic_medicine", "geriatric_medicine", "health_economics",
    "health_informatics", "health_policy", "health_systems_and_quality_improvement", "hematology", "hiv_aids",
    "infectious_diseases", "intensive_care_and_critical_care_medicine", "medical_education", "medical_ethics",
    "nephrology", "neurology", "nursing", "nutrition", "obstetrics_and_gynecology",
    "occupational_and_environmental_health", "oncology", "ophthalmology", "orthopedics", "otolaryngology",
    "pain_medicine", "palliative_medicine", "pathology", "pediatrics", "pharmacology_and_therapeutics",
    "primary_care_research", "psychiatry_and_clinical_psychology", "public_and_global_health",
    "radiology_and_imaging", "rehabilitation_medicine_and_physical_therapy", "respiratory_medicine", "rheumatology",
    "sexual_and_reproductive_health", "sports_medicine", "surgery", "toxicology", "transplantation", "urology",
})  # fmt: skip
"""medRxiv's subject areas."""
