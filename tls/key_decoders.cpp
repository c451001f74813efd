#include "tls/key_decoders.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include <openssl/core_dispatch.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/provider.h>

namespace mailprobe::tls {

namespace {

/// The provider that does the work.
OSSL_PROVIDER* whole() {
  static OSSL_PROVIDER* const provider = OSSL_PROVIDER_load(nullptr, "default");
  return provider;
}

/// RFC 5280 §4.1.2.7, with keys that OpenSSL has.
bool decodes_public_keys(const OSSL_ALGORITHM& algorithm) {
  constexpr std::array<std::string_view, 6> kinds{"RSA", "RSA-PSS", "EC", "ED25519", "ED448", "DSA"};
  const std::string_view names(algorithm.algorithm_names), properties(algorithm.property_definition);
  return std::ranges::find(kinds, names.substr(0, names.find(':'))) != kinds.end() &&
         properties.contains("input=der") && properties.contains("structure=SubjectPublicKeyInfo");
}

const OSSL_ALGORITHM* few_decoders(const OSSL_ALGORITHM* all) {
  static const auto few = [all] {
    std::vector<OSSL_ALGORITHM> chosen;
    for (const auto* one = all; one != nullptr && one->algorithm_names != nullptr; ++one)
      if (decodes_public_keys(*one)) chosen.push_back(*one);
    chosen.push_back({});  // the end
    return chosen;
  }();
  return few.data();
}

const OSSL_ALGORITHM* query(void*, int operation, int* no_cache) {
  const auto* all = OSSL_PROVIDER_query_operation(whole(), operation, no_cache);
  return operation == OSSL_OP_DECODER ? few_decoders(all) : all;
}

int capabilities(void*, const char* which, OSSL_CALLBACK* callback, void* argument) {
  return OSSL_PROVIDER_get_capabilities(whole(), which, callback, argument);
}

int start(const OSSL_CORE_HANDLE*, const OSSL_DISPATCH*, const OSSL_DISPATCH** functions, void** context) {
  using Function = void (*)();  // NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast): OpenSSL's own convention
  static const std::array<OSSL_DISPATCH, 3> table{
      {{OSSL_FUNC_PROVIDER_QUERY_OPERATION, reinterpret_cast<Function>(query)},
       {OSSL_FUNC_PROVIDER_GET_CAPABILITIES, reinterpret_cast<Function>(capabilities)},
       {0, nullptr}}};  // NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)
  *functions = table.data();
  *context = OSSL_PROVIDER_get0_provider_ctx(whole());
  return 1;
}

OSSL_LIB_CTX* make() {
  const bool other =
      EVP_default_properties_is_fips_enabled(nullptr) == 1 || OSSL_PROVIDER_available(nullptr, "fips") == 1;
  if (other || whole() == nullptr) return nullptr;
  constexpr auto name = "mailprobe";
  auto* library = OSSL_LIB_CTX_new();
  if (library == nullptr) return nullptr;
  if (OSSL_PROVIDER_add_builtin(library, name, start) == 1 && OSSL_PROVIDER_load(library, name) != nullptr)
    return library;
  ERR_clear_error();
  OSSL_LIB_CTX_free(library);
  return nullptr;
}

}  // namespace

OSSL_LIB_CTX* client_library() {
  static OSSL_LIB_CTX* const library = make();
  return library;
}

}  // namespace mailprobe::tls
