#include "auth/evaluate.h"

#include "auth/arc_verify.h"
#include "auth/dkim_verify.h"
#include "auth/dmarc.h"
#include "auth/header_block.h"
#include "auth/mutation.h"
#include "auth/received.h"
#include "auth/spf.h"
#include "auth/trust.h"

// Order of events:
//  1. the envelope: what the caller knows, completed by the Received of the host that took the message over
//  2. SPF of that envelope, where it has an address and a name
//  3. DKIM: every signature by itself
//  4. for each signature that fails: what changed since the bytes sent, where we have them
//  5. ARC: the chain, where there is one
//  6. DMARC over what SPF and DKIM came to; ARC changes nothing there (RFC 9989 §4.4.3)
//  7. the recorded Authentication-Results, each trusted or not; the trusted ones say what was done by DMARC
//  8. the hops

namespace mailprobe::auth {

namespace {

Envelope completed(std::string_view message, const Context& context) {
  auto envelope = context.envelope;
  const auto client = envelope.client ? envelope.client : context.handed_over_from;
  if (!client) return envelope;
  auto recorded = recorded_envelope(message, *client);
  if (recorded) {
    envelope.client = recorded->client;
    if (envelope.helo.empty()) envelope.helo = std::move(recorded->helo);
    if (!envelope.mail_from) envelope.mail_from = std::move(recorded->mail_from);
  } else if (envelope.client && !envelope.mail_from) {
    envelope.mail_from = recorded_return_path(message);
  }
  return envelope;
}

/// RFC 7208 §2.3: where the reverse-path is not known, or null (§2.4), the HELO identity is what there is to check.
Task<std::optional<Spf>> judge_spf(Envelope envelope, Time time, dns::Resolver& resolver,
                                   std::vector<SpfEvent>* steps) {
  const bool nameless = envelope.helo.empty() && envelope.mail_from.value_or("").empty();
  if (!envelope.client || nameless) co_return std::nullopt;
  SpfQuestion question;
  question.client = *envelope.client;
  question.helo = std::move(envelope.helo);
  question.mail_from = envelope.mail_from.value_or("");
  question.time = time;
  co_return co_await check_spf(std::move(question), resolver, steps);
}

}  // namespace

Task<Evaluation> evaluate(std::string_view message, const Context& context, dns::Resolver& resolver,
                          std::vector<SpfEvent>* spf_steps, std::vector<ArcCheck>* arc_checks) {
  const auto parts = split_message(message);
  BodyHashes bodies(parts.body);
  Evaluation evaluation;
  evaluation.truncated = parts.truncated;
  auto envelope = completed(message, context);
  const bool reverse_path_known = envelope.mail_from.has_value();
  evaluation.client = envelope.client;
  evaluation.spf = context.spf;
  if (!evaluation.spf) evaluation.spf = co_await judge_spf(std::move(envelope), context.time, resolver, spf_steps);
  auto ours = signatures_of(context.sent);  // before any that others added, should there be more than we verify
  evaluation.dkim = co_await verify_dkim(parts, context.time, resolver, std::move(ours), &bodies);
  if (!context.sent.empty())
    for (auto& dkim : evaluation.dkim)
      if (dkim.result == DkimOutcome::fail) dkim.mutation = find_mutations(context.sent, message, dkim);
  evaluation.arc = co_await verify_arc(parts, context.time, resolver, &bodies, arc_checks);
  // RFC 9989 §4.4.2: only of a null reverse-path does HELO stand for MAIL FROM. An unknown one may have been any other.
  const auto spf_of_mail_from = reverse_path_known ? evaluation.spf : std::nullopt;
  evaluation.dmarc = co_await check_dmarc(parts, spf_of_mail_from, evaluation.dkim, resolver);
  auto recorded = judge_recorded(parts, context);
  evaluation.dmarc.claimed_disposition = claimed_disposition(recorded);
  for (auto& one : recorded) evaluation.authentication_results.push_back(std::move(one.field));
  evaluation.hops = hops_of(received_of(parts));
  co_return evaluation;
}

}  // namespace mailprobe::auth
