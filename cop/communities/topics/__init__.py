"""The subjects a community keeps."""
