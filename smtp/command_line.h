// A client's command line read by a server: verb, paths, parameters. Pure; nothing is guessed. RFC 5321 §4.1.1, §4.1.2.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "smtp/reply.h"

namespace mailprobe::smtp {

enum class Verb { helo, ehlo, starttls, auth, mail, rcpt, data, bdat, rset, noop, vrfy, quit, unknown };

struct CommandLine {
  Verb verb = Verb::unknown;
  std::string argument;  // what follows the verb, without spaces around it
};

/// nullopt: holds NUL, CR, LF or another control character.
std::optional<CommandLine> parse_command(std::string_view line);

struct Parameter {
  std::string name;  // upper case
  std::optional<std::string> value;
};

/// The argument of MAIL or RCPT: "FROM:<path> params", "TO:<path> params".
struct PathArgument {
  Path path;
  std::vector<Parameter> parameters;
};
/// `keyword` is "FROM:" or "TO:"; the null path is for the former only. `<postmaster>` becomes postmaster@`host`
/// (RFC 5321 §4.5.1); a source route is dropped (Appendix C).
std::optional<PathArgument> parse_path_argument(std::string_view argument, std::string_view keyword,
                                                std::string_view host);

/// What has been announced beside SIZE, 8BITMIME and SMTPUTF8.
struct Announced {
  bool requiretls = false, dsn = false;
};

/// The refusal of what MAIL's parameters ask for; nullopt: none.
std::optional<Reply> check_mail_parameters(const PathArgument& argument, std::size_t max_size,
                                           Announced announced = {});
/// The same of RCPT's.
std::optional<Reply> check_rcpt_parameters(const PathArgument& argument, Announced announced);
/// RFC 8689 §2: MAIL asks for TLS on the whole way.
bool requires_tls(const PathArgument& argument);
/// RFC 3461 §4.1: NOTIFY has SUCCESS.
bool wants_success(const PathArgument& argument);

struct BdatArgument {
  unsigned long long size = 0;
  bool last = false;
};
std::optional<BdatArgument> parse_bdat(std::string_view argument);

}  // namespace mailprobe::smtp
