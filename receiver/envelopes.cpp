#include "receiver/envelopes.h"

#include <algorithm>

namespace mailprobe::receiver {

using evidence::Session;

void Envelopes::begin(const smtp::ServerState& state) {
  if (begun_) fold(common_, named_, past_);
  begun_ = true;
  common_ = {.helo = state.helo,
             .tls = state.tls,
             .mail_from = state.mail_from.text(),
             .require_tls = state.require_tls,
             .spf = {}};
  named_.clear();
}

bool Envelopes::name(const std::optional<std::string>& probe) {
  if (std::ranges::find(named_, probe, &Named::probe) != named_.end()) return true;
  if (past_.size() + named_.size() >= max_records) return false;
  named_.push_back({.probe = probe, .recipients = {}});
  return true;
}

void Envelopes::accept(const std::optional<std::string>& probe, std::string recipient) {
  const auto found = std::ranges::find(named_, probe, &Named::probe);
  if (found == named_.end()) return;
  if (std::ranges::find(found->recipients, recipient) == found->recipients.end())
    found->recipients.push_back(std::move(recipient));
}

void Envelopes::answers(const std::string& probe) {
  const auto found = std::ranges::find(named_, std::optional<std::string>(), &Named::probe);
  if (found != named_.end()) found->probe = probe;
}

void Envelopes::put(const Common& common, Session& session) {
  session.helo = common.helo;
  session.tls = common.tls;
  session.mail_from = common.mail_from;
  session.require_tls = common.require_tls;
  session.spf = common.spf;
}

Session Envelopes::current(Session session) const {
  put(common_, session);
  for (const auto& named : named_) {
    if (!session.probe && !named.recipients.empty()) session.probe = named.probe;
    session.recipients.insert(session.recipients.end(), named.recipients.begin(), named.recipients.end());
  }
  return session;
}

/// What comes again for a probe is one record with what came before, unless the one was in plain text.
void Envelopes::fold(const Common& common, const std::vector<Named>& named, std::vector<Past>& past) {
  static const std::vector<Named> nobody(1);
  for (const auto& one : named.empty() ? nobody : named) {
    const auto same = [&](const Past& before) {
      return before.named.probe == one.probe && before.common.tls.has_value() == common.tls.has_value();
    };
    const auto found = std::ranges::find_if(past, same);
    if (found == past.end()) {
      if (past.size() < max_records) past.push_back({common, one});
      continue;
    }
    auto& listed = found->named.recipients;
    for (const auto& recipient : one.recipients)
      if (listed.size() < max_listed && std::ranges::find(listed, recipient) == listed.end())
        listed.push_back(recipient);
  }
}

std::vector<Session> Envelopes::records(const Session& session) const {
  auto all = past_;
  if (begun_) fold(common_, named_, all);
  if (all.empty()) return {session};
  std::vector<Session> records;
  records.reserve(all.size());
  for (auto& [common, named] : all) {
    auto& record = records.emplace_back(session);
    put(common, record);
    record.probe = std::move(named.probe);
    record.recipients = std::move(named.recipients);
  }
  return records;
}

}  // namespace mailprobe::receiver
