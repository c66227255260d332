"""Signed tokens of the digital identity (IKD): a text off somebody's phone in, facts or a typed refusal out.

The official code's payload is not public; what is read here is what an issuer of ours can sign: a JWS in
compact form, or a CWT (COSE_Sign1, claim 169) after ``IKD1:``. Pure: no sockets, no clock of its own.
"""
