"""Object storage, as far as Pulumi keeps its state there: what OSS takes from clients of S3."""
