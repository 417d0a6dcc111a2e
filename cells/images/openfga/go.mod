module openfga-in-a-cell

go 1.27
