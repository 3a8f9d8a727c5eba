"""What several tests share: articles, pages, websites and servers made for them."""
