"""A course that can be graded: weeks, students' notebooks, a judge that cannot be reached.

One entry is the one source of a task: its text, answer and inputs, its likely mistakes, and what
each is worth.  Entries, seeds and answers are the key.  They live in a repository of the lecturer's
own, which ``make keys`` lays out; ``course/sample`` is one, with its key, to try things on.

The course leans on ``utils``, and nothing in ``utils`` on the course.
"""
