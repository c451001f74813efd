"""Where others judge otherwise, each with the section of the RFC that decides it. One row: who, which cases (by twist, another
trait, or the words of the peer), section, why.
Mailprobe keeps to the text in all; where that says MAY or SHOULD the other does too."""

DKIM = [
    # Canonical forms.
    ({"Mail::DKIM", "OpenDKIM"}, {"final newline removed", "body no-final-newline", "body no-newline-space"}, "RFC 6376 §3.4.3, §3.4.4",
     "a CRLF is added to a body that does not end with one"),
    ({"dkimpy"}, {"body no-newline-space"}, "RFC 6376 §3.4.4", "white space at the end of the last line goes too"),
    ({"dkimpy"}, {"subject space-before-colon"}, "RFC 5322 §4.5.5, RFC 6376 §3.4.2", "white space before the colon is obsolete, and relaxed away"),
    # The signature's tags.
    ({"OpenDKIM"}, {"b spaced", "b folded"}, "RFC 6376 §3.5", "sig-b-tag has FWS before its equals sign"),
    ({"Mail::DKIM"}, {"l zero"}, "RFC 6376 §3.5", "l=0 covers nothing of the body; it is not the absence of l="),
    ({"Mail::DKIM", "dkimpy"}, {"l beyond", "l far beyond"}, "RFC 6376 §3.5", "l= MUST NOT be larger than the body"),
    ({"Mail::DKIM"}, {"l empty", "t not a number", "t of 12 digits"}, "RFC 6376 §3.5", "l= and t= are digits"),
    ({"dkimpy"}, {"x just past"}, "RFC 6376 §3.5", "an expired signature MAY be taken as invalid; dkimpy grants ten hours"),
    ({"dkimpy"}, {"x before t", "x is t"}, "RFC 6376 §3.5", "x= MUST be greater than t="),
    ({"dkimpy", "OpenDKIM"}, {"t future"}, "RFC 6376 §3.5", "a t= in the future MAY be ignored: both may be"),
    ({"OpenDKIM"}, {"i quoted"}, "RFC 6376 §3.5", "the local part of i= is quoted-printable, '=' is one of its characters"),
    ({"Mail::DKIM"}, {"v missing", "bh missing", "bh empty"}, "RFC 6376 §6.1.1", "v= and bh= are required"),
    ({"Mail::DKIM", "OpenDKIM"}, {"duplicate tag", "key duplicate tag"}, "RFC 6376 §3.2", "a tag that occurs twice makes the whole list invalid"),
    ({"Mail::DKIM", "dkimpy"}, {"h without From"}, "RFC 6376 §6.1.1", "a signature that does not cover From is ignored"),
    ({"dkimpy"}, {"q list"}, "RFC 6376 §3.5", "q= is a list, unknown methods in it are ignored"),
    ({"Mail::DKIM", "OpenDKIM", "dkimpy"}, {"a rsa-sha1"}, "RFC 8301 §3.1", "rsa-sha1 MUST NOT be used for verifying"),
    ({"Mail::DKIM", "OpenDKIM", "dkimpy"}, {"twelve signatures"}, "RFC 6376 §6.1", "a verifier MAY limit how many it tries: ten"),
    # The key record.
    ({"dkimpy", "OpenDKIM"}, {"a of other key", "key k other"}, "RFC 6376 §6.1.2", "k= must match the algorithm in a="),
    ({"Mail::DKIM", "OpenDKIM", "dkimpy"}, {"key v not first"}, "RFC 6376 §3.6.1", "v= MUST be the first tag"),
    ({"dkimpy"}, {"key h sha1", "key h unknown"}, "RFC 6376 §6.1.2", "a hash that h= does not list is not allowed"),
    ({"Mail::DKIM"}, {"key h spaces", "key s spaces"}, "RFC 6376 §3.6.1", "FWS may stand around the colons of h= and s="),
    ({"dkimpy"}, {"key s list", "key s spaces"}, "RFC 6376 §3.6.1", "s= is a list, in which email is enough"),
    ({"dkimpy"}, {"key t s, i subdomain"}, "RFC 6376 §3.6.1", "t=s: the domain of i= must be d= itself"),
    ({"Mail::DKIM"}, {"key g other"}, "RFC 6376 §3.6.1, Appendix E", "g= is no longer defined, and unknown tags are ignored"),
    ({"Mail::DKIM"}, {"key empty tag"}, "RFC 6376 §3.2", "nothing between two semicolons is no tag"),
    ({"Mail::DKIM", "OpenDKIM"}, {"key PKCS#1"}, "RFC 6376 §3.6.1", "p= is an RSAPublicKey in the text, SubjectPublicKeyInfo in practice: both are read"),
    ({"Mail::DKIM"}, {"key short"}, "RFC 8301 §3.2", "keys under 1024 bits MUST NOT be taken as valid"),
]

SPF = [
    ({"pyspf"}, {"SPF Permanent Error: Void lookup limit of 2 exceeded"}, "RFC 7208 §4.6.4",
     "the void look-ups that are limited are those of terms; hosts of mx and ptr have a limit of their own. Without them it agrees"),
    ({"pyspf", "pyspf, terms counted"}, {"macro zero"}, "RFC 7208 §7.3", "the number of a transformer MUST NOT be zero"),
    ({"pyspf", "pyspf, terms counted"}, {"macro open"}, "RFC 7208 §4.6, §7.1", "a percent sign that starts no macro is a syntax error"),
    ({"pyspf", "pyspf, terms counted"}, {"macro too long"}, "RFC 7208 §7.3", "labels are cut off on the left until 253 characters are left"),
]


def named(table, peer, traits):
    for i, (who, cases, section, why) in enumerate(table):
        if peer in who and traits & cases:
            return i, f"{section}: {why}"
    return None, None
