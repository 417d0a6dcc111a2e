"""The statements that CloudFormation runs in the cell's cluster: one package, the code of one function for each kind.

Imports inside of it are relative, because in the function it is a package at the top.
"""
