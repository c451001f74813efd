#include <algorithm>

#include "app/config_files.h"
#include "app/config_sections.h"
#include "base/safe_text.h"
#include "base/suggest.h"
#include "base/text.h"

namespace mailprobe::app {

namespace {

std::optional<auth::Canon> canon(std::string_view word) {
  if (word == "simple") return auth::Canon::simple;
  if (word == "relaxed") return auth::Canon::relaxed;
  return std::nullopt;
}

using Canons = std::pair<auth::Canon, auth::Canon>;

/// RFC 6376 §3.5 (c=): "header/body"; the body's is simple where it is not said.
std::optional<Canons> canons(std::string_view text) {
  const auto parts = split(text, '/');
  if (parts.size() > 2) return std::nullopt;
  const auto header = canon(parts[0]);
  const auto body = parts.size() == 2 ? canon(parts[1]) : auth::Canon::simple;
  if (!header || !body) return std::nullopt;
  return Canons{*header, *body};
}

std::vector<Canons> read_canonicalizations(Fields& fields, ConfigContext& context) {
  std::vector<Canons> list;
  for (const auto& word : fields.words("canonicalization")) {
    const auto pair = canons(word.text);
    if (!pair)
      context.problems.add(word.line, "there is no canonicalization " + in_quotes(word.text) +
                                          ": write relaxed/relaxed, relaxed/simple, simple/relaxed or simple/simple");
    else if (std::ranges::find(list, *pair) == list.end())
      list.push_back(*pair);
  }
  if (list.empty()) list.emplace_back(auth::Canon::relaxed, auth::Canon::relaxed);
  return list;
}

std::optional<auth::SigningKey> load_key(const Word& word, ConfigContext& context) {
  const auto path = context.path(word);
  const auto pem = read_private_file(path, "key file");
  if (!pem) {
    context.note(word.line, pem.error());
    return std::nullopt;
  }
  auto key = auth::SigningKey::from_pem(*pem);
  if (key) return std::move(*key);
  context.problems.add(word.line, "the key file " + safe_text(path.string()) + " cannot be used, " +
                                      key.error().message + ": make one with \"openssl genrsa 2048\"");
  return std::nullopt;
}

void check_selector(const Word& word, const std::string& domain, ConfigContext& context) {
  const auto name = DomainName::parse(word.text + "._domainkey." + domain);
  if (!name) context.problems.add(word.line, in_quotes(word.text) + " is no selector: use letters, digits and \"-\"");
}

std::optional<probe::DkimKey> read_key(const YamlNode& item, const std::string& where, const std::string& domain,
                                       ConfigContext& context) {
  Fields fields(item, where, context.problems);
  const auto selector = fields.word("selector");
  const auto file = fields.word("key");
  auto list = read_canonicalizations(fields, context);
  fields.finish();
  if (!selector) fields.missing("selector", "the name under which the key is published, like r1");
  if (!file) fields.missing("key", "the path of the private key, like keys/r1.pem");
  if (!selector || !file) return std::nullopt;
  if (!domain.empty()) check_selector(*selector, domain, context);
  if (!context.needs.keys) return std::nullopt;
  auto key = load_key(*file, context);
  if (!key) return std::nullopt;
  return probe::DkimKey{.selector = selector->text, .key = std::move(*key), .canonicalizations = std::move(list)};
}

std::vector<probe::DkimKey> read_keys(Fields& identity, const std::string& domain, ConfigContext& context) {
  std::vector<probe::DkimKey> keys;
  const auto* list = identity.node("dkim");
  if (list == nullptr || (list->kind == YamlNode::Kind::list && list->items.empty())) {
    identity.missing("dkim", "a list like [{selector: r1, key: keys/r1.pem}]; \"mailprobe init DOMAIN\" makes keys");
    return keys;
  }
  if (list->kind != YamlNode::Kind::list) {
    context.problems.add(list->line, "\"dkim\" is to be a list of keys, not " + kind_of(*list) +
                                         ": write \"- {selector: r1, key: keys/r1.pem}\"");
    return keys;
  }
  for (const auto& item : list->items)
    if (auto key = read_key(item, identity.where() + ".dkim", domain, context)) keys.push_back(std::move(*key));
  return keys;
}

std::string read_domain(Fields& identity, ConfigContext& context) {
  const auto word = identity.word("domain");
  if (!word) {
    identity.missing("domain", "the domain that you send from and that its DKIM keys are published in");
    return {};
  }
  auto domain = DomainName::parse(word->text);
  if (domain) return domain->text();
  context.problems.add(word->line, in_quotes(word->text) + " is no domain name: " + domain.error().message);
  return {};
}

/// RFC 5321 §4.5.1: every domain that takes mail has one.
std::optional<Mailbox> postmaster_of(const std::string& domain) {
  auto address = Mailbox::parse("postmaster@" + domain);
  if (!address) return std::nullopt;
  return std::move(*address);
}

/// From and reverse-path are ours alone: within the identity's domain.
std::optional<Mailbox> read_own_address(Fields& identity, const std::string& domain, ConfigContext& context) {
  const auto word = identity.word("address");
  if (!word && !context.needs.session) return postmaster_of(domain);
  if (!word) {
    identity.missing("address", "the sender's address, like probe@" + (domain.empty() ? "your.domain" : domain));
    return std::nullopt;
  }
  auto address = read_address(*word, context);
  if (!address || domain.empty()) return address;
  const auto& of = address->domain();
  if (of == domain || of.ends_with("." + domain)) return address;
  context.problems.add(word->line, in_quotes(word->text) + " is not within the identity's domain " + domain +
                                       ": use an address like " + safe_text(address->local_part()) + "@" + domain);
  return std::nullopt;
}

}  // namespace

std::map<std::string, probe::Identity> read_identities(Fields& file, ConfigContext& context) {
  std::map<std::string, probe::Identity> identities;
  const auto members = file.members("identities");
  if (members.empty() && context.needs.keys)
    file.missing("identities", "somebody to send as; \"mailprobe init DOMAIN\" writes one");
  for (const auto& member : members) {
    if (!good_name(member, "identities", context)) continue;
    Fields fields(member.value, "identities." + member.key, context.problems);
    const auto domain = read_domain(fields, context);
    auto address = read_own_address(fields, domain, context);
    auto keys = read_keys(fields, domain, context);
    fields.finish();
    if (address && !domain.empty())
      identities.emplace(
          member.key,
          probe::Identity{
              .name = member.key, .domain = domain, .address = std::move(*address), .dkim = std::move(keys)});
  }
  return identities;
}

}  // namespace mailprobe::app
