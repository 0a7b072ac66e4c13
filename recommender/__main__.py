"""`python -m recommender` is the command `recommender`."""

from recommender.cli.main import main

if __name__ == "__main__":
    main()
