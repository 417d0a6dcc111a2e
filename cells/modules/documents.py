"""Documents: contracts and proposals with revisions."""

from cells.modules.module import Module


class DocumentsModule(Module):
    """Documents and their revisions. Rows in the cell's database, content in the files bucket."""

    name = "documents"
    requires = ("files",)
    summary = "Documents, contracts and revisions"
    reference = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html"
