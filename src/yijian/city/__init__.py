"""The city: a whole pooling area of invented people, with frauds and their lawful look-alikes labelled.

    data/            what exists: drugs, slices, items, consumables, diagnoses, how encounters are billed, names, knowledge points
    catalogue.py     reads data/ into arrays
    people.py        who lives there            institutions.py   who treats them
    rows.py          encounters, settlements and fee lines as arrays of integers: what everything below hands on
    background.py    a clean year, vectorised   stays.py          its hospital stays
    stage.py         puts single encounters on stage for the schemes
    schemes/         one small function a rule: its hits and its look-alikes
    edits.py         what scenes write beside encounters and lines: single values, and rows of other tables
    goods.py         books of the pharmacies' drugs and the hospitals' dear consumables
    agency.py        reviews, reimbursements, clearings; workdays.py its calendar
    care.py          long-term care
    doctors.py       what doctors ask the gateway before they settle, and what they do with its reminders
    assemble/        arrays of integers to the claims tables, with every column
    writing.py       CSV or Parquet, and a folder that appears only when it is whole
    knowledge_books.py  the city's knowledge as workbooks in the national form
    generate.py      `make_city`: the loop over districts of 25,000 people
    score.py         findings against labels

Everything follows from (persons, seed): each district has its own random stream, so the same city comes out byte for byte.
"""
