"""Where work overlaps and where nobody is known: the question before planning, crowding, gaps. No score of places.

It keeps only which places were asked about and which were declared a priority. Every answer is computed from
activities, and leads back to them.
"""
