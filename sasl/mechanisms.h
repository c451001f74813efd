// The single mechanisms, for sasl/mechanism.cpp and for tests that fix the nonces. Others use sasl/mechanism.h.
#pragma once

#include "sasl/mechanism.h"

namespace mailprobe::sasl {

std::unique_ptr<ClientMechanism> plain_client(Credentials credentials);
std::unique_ptr<ClientMechanism> login_client(Credentials credentials);
std::unique_ptr<ClientMechanism> xoauth2_client(Credentials credentials);
std::unique_ptr<ClientMechanism> scram_client(Credentials credentials, std::string nonce);

std::unique_ptr<ServerMechanism> plain_server(PasswordOf password_of);
std::unique_ptr<ServerMechanism> login_server(PasswordOf password_of);
std::unique_ptr<ServerMechanism> scram_server(PasswordOf password_of, std::string nonce, std::string salt);

/// Takes as long wherever the two differ.
bool same_secret(std::string_view a, std::string_view b);

}  // namespace mailprobe::sasl
