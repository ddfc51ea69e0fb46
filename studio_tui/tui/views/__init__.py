"""The ways to look at the timetable: which days each shows, how one leafs, what stands in its columns."""
