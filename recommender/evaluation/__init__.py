"""The product judged on labelled articles, beside plain methods."""
