"""The solver: from a problem to the best solution or an explained conflict, on pycosat."""
