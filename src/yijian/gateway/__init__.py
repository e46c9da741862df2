"""The gateway: advice before and during settlement, over the national transactions 3101, 3102 and 3103.

span.py      which rules need no more than the present encounter
pack.py      the rules of an area, compiled, with their lists: one signed file
message.py   the national message as it comes, made plain; what is wrong with it, in words
rows.py      a message → rows of the views that rules read
judge.py     rows → findings, by a pack, in milliseconds
answer.py    findings → the national answer
history.py   what a person had before, by person: what is kept and what a store can do; beside it the two stores
service.py   what happens with a message, step by step; app.py puts it on HTTP, access.py says who may, journal.py keeps it
openapi.py   the same for machines
selfcheck.py the pack over a hospital's own export; replay.py settled encounters as messages
"""
