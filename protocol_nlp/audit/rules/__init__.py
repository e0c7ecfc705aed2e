"""The rules of the audit: one file each, named after its fault."""
