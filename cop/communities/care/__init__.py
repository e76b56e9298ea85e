"""What looking after the site and its accounts asks of communities, whoever may see them."""
