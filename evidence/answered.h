// Which answers and which sessions a probe has, and how several judgements of one check become one: the worst, with the
// address that it is about. For the checks of this room that judge how the target sends.
#pragma once

#include <string>
#include <vector>

#include "evidence/findings.h"

namespace mailprobe::evidence {

/// At a trap the target does what that asks of it: how it sends at other times shows elsewhere.
bool is_ordinary(const Session& session);

/// An answer to the probe: neither sent to a trap nor the bounce of mail to one.
bool is_ordinary(const Probe& probe, const Reply& reply);

/// Whether two records are of one session: what was logged when it was over, and what was kept with a message of it.
/// Several begin at once, from one host at several of our addresses.
bool same_session(const Session& a, const Session& b);

/// Whether they are of the same part of it: a session brings mail for several probes, or for one before TLS and after.
bool same_part(const Session& a, const Session& b);

/// Whether a line of the dialogue has that, in any case.
bool said(const Session& session, Direction dir, std::string_view text);
/// The client said EHLO, and "250-STARTTLS" was not in our answer. Where the dialogue was not kept, it was; who says
/// HELO alone is offered nothing, and asks for nothing (RFC 3207 §2, RFC 5321 §4.1.1.1).
bool withheld_starttls(const Session& session);
/// HELO, and EHLO never.
bool speaks_no_esmtp(const Session& session);

/// Whether nothing shows that the target opened it: turned away by our limits, or of a host that named no probe and has
/// answered none. One such is listed where no answer came, for it may have been about to bring it.
bool may_be_anybodys(const Probe& probe, const Session& session);

/// Of those the first that left after a look at our certificate, one that rejects it in words before others; nullptr:
/// there is none.
const Session* shied_from_us(const Probe& probe);
/// "192.0.2.1 (mx1.target.test), who may have come with it, rejected our certificate (unknown_ca)"
std::string told_shy(const Session& session);

/// One that the target opened to us, and where it stands in the document.
struct Came {
  const Session& session;
  std::string at;
};
/// Of one that only an answer tells of, too; not of those who may be anybody.
std::vector<Came> sessions_of(const Probe& probe, const std::string& at);

struct Answered {
  const Reply& reply;
  std::string at;
};
/// The first one first.
std::vector<Answered> answers_of(const Probe& probe, const std::string& at);
/// The first of that kind; nullptr: there is none.
const Reply* answer_of(const Probe& probe, AnswerKind kind);

/// ""550 5.1.1 No such user", says mx1.target.test": the cause that a bounce gives.
std::string cause_told(const std::vector<DeliveryStatus>& statuses);

/// "192.0.2.1 (mx1.target.test)": the address, and the name that the client says it has.
std::string client_of(const Session& session);

/// One judgement a session or an answer.
struct Part {
  Judgement judgement;
  const Session* session = nullptr;
};
/// The worst, with the addresses that it is about; what reads the same is said once. `parts` is not empty.
Judgement worst_of(const std::vector<Part>& parts);

}  // namespace mailprobe::evidence
