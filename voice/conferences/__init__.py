"""Conferences that commands make and keep: membership, promotion, invitations, labels, the keeper."""
