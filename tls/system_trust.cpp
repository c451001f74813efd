#include "tls/system_trust.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>

#include "base/text.h"

namespace mailprobe::tls {

namespace {

namespace fs = std::filesystem;

/// A variable as OpenSSL reads it, else what the library was built with.
std::string place(const char* variable, const char* built_in) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0' ? value : built_in;
}

/// "5ed36f99.0": a certificate under the hash of its subject, as `openssl rehash` and update-ca-certificates write it.
/// A CRL has "r" before the number.
bool is_hashed(const fs::directory_entry& entry) {
  constexpr std::size_t hash = 8;
  const auto name = entry.path().filename().string();
  const auto is = [](auto kind) { return [kind](unsigned char c) { return kind(c) != 0; }; };
  if (name.size() < hash + 2 || name[hash] != '.') return false;
  if (!std::all_of(name.begin(), name.begin() + hash, is([](int c) { return std::isxdigit(c); }))) return false;
  if (!std::all_of(name.begin() + hash + 1, name.end(), is([](int c) { return std::isdigit(c); }))) return false;
  std::error_code ignored;
  return entry.exists(ignored);  // a link may lead nowhere
}

bool has_hashed(const fs::path& folder) {
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    if (is_hashed(*entry)) return true;
  return false;
}

bool load(SSL_CTX* ctx, const fs::path& bundle) {
  const bool loaded = SSL_CTX_load_verify_file(ctx, bundle.c_str()) == 1;
  if (!loaded) (void)openssl_error();  // the queue is emptied: another may be there
  return loaded;
}

}  // namespace

Result<void> trust_system(SSL_CTX* ctx) {
  const auto folders = place(X509_get_default_cert_dir_env(), X509_get_default_cert_dir());
  const auto file = place(X509_get_default_cert_file_env(), X509_get_default_cert_file());
  // The hashed directory first: the whole bundle costs 15 ms a context.
  if (SSL_CTX_set_default_verify_dir(ctx) != 1) return fail(Failure::ours, "system CA store: " + openssl_error());
  const auto all = split(folders, ':');
  const bool hashed = std::ranges::any_of(all, has_hashed);
  const bool file_named = std::getenv(X509_get_default_cert_file_env()) != nullptr;
  bool found = hashed;
  if (file_named || !hashed) found = load(ctx, file) || found;
  if (!hashed)
    for (const auto folder : all)  // Debian's bundle, where only that was copied
      found = load(ctx, fs::path(folder) / "ca-certificates.crt") || found;
  if (found) return {};
  return fail(Failure::usage, "there are no CA certificates on this machine (looked for in " + folders + " and " +
                                  file +
                                  "), so that no server's certificate could be verified: install the package "
                                  "ca-certificates, or name a file with tls.ca_file");
}

}  // namespace mailprobe::tls
