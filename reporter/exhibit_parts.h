// Excerpts of one kind of evidence each, for exhibits.cpp: no pointers here.
#pragma once

#include "reporter/exhibits.h"

namespace mailprobe::reporter {

/// The exchange that decided: the command, and the reply to it; why there was none.
ExhibitLines decision_lines(const evidence::Attempt& attempt);
/// The banner, or what came instead.
ExhibitLines banner_lines(const evidence::Attempt& attempt);
/// STARTTLS and what came of it, or what EHLO announced in its place.
ExhibitLines starttls_lines(const evidence::Attempt& attempt);
/// What EHLO announced of the extension that a check is about, or all of it.
ExhibitLines capability_lines(const evidence::Attempt& attempt, std::string_view check);
/// Of a TLS session what a check is about: the certificate, TLSA, or version and cipher.
ExhibitLines tls_lines(const TlsFacts& tls, std::string_view check);
ExhibitLines certificate_lines(const std::vector<Certificate>& certificates,
                               const std::optional<Verification>& verified);
/// A session that the target opened to us.
ExhibitLines session_lines(const evidence::Session& session);

/// Of a delivered copy, or where none was found: what was searched.
ExhibitLines folder_lines(const evidence::Probe& probe);
/// The target's own results, of one method or of all.
ExhibitLines recorded_lines(const evidence::MailboxCopy& copy, std::string_view method);
ExhibitLines signature_lines(const evidence::MailboxCopy& copy);
ExhibitLines change_lines(const evidence::MailboxCopy& copy, bool body);
ExhibitLines hop_lines(const evidence::MailboxCopy& copy);
ExhibitLines dkim_lines(const std::vector<auth::Dkim>& signatures);
ExhibitLines spf_lines(const std::optional<auth::Spf>& spf);
ExhibitLines dmarc_lines(const auth::Dmarc& dmarc);
ExhibitLines arc_lines(const std::optional<auth::Arc>& arc);

}  // namespace mailprobe::reporter
