"""Importing customers, their contacts and sites, and the customers of past orders."""
