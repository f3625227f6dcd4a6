#include "tests/api/http/certificates.hpp"

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>

namespace api::http::loopback {
namespace {

struct Free {
    void operator()(X509* one) const { X509_free(one); }
    void operator()(X509_EXTENSION* one) const { X509_EXTENSION_free(one); }
    void operator()(EVP_PKEY* one) const { EVP_PKEY_free(one); }
    void operator()(std::FILE* one) const { std::fclose(one); }
};

void add_name(X509* certificate, const std::string& name) {
    const std::string names = "DNS:" + name;
    const std::unique_ptr<X509_EXTENSION, Free> extension(
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str()));
    X509_add_ext(certificate, extension.get(), -1);
}

}  // namespace

MadeCertificate make_certificate(const std::filesystem::path& directory, const std::string& name,
                                 std::chrono::seconds begins, std::chrono::seconds ends) {
    const std::unique_ptr<EVP_PKEY, Free> key(EVP_EC_gen("P-256"));
    const std::unique_ptr<X509, Free> certificate(X509_new());
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), begins.count());
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), ends.count());
    X509_set_pubkey(certificate.get(), key.get());
    const auto* common = reinterpret_cast<const unsigned char*>(name.c_str());
    X509_NAME* const subject = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, common, -1, -1, 0);
    X509_set_issuer_name(certificate.get(), subject);
    add_name(certificate.get(), name);
    EXPECT_GT(X509_sign(certificate.get(), key.get(), EVP_sha256()), 0);

    const MadeCertificate made{directory / (name + ".pem"), directory / (name + ".key")};
    const std::unique_ptr<std::FILE, Free> file(std::fopen(made.certificate.c_str(), "w"));
    EXPECT_EQ(PEM_write_X509(file.get(), certificate.get()), 1);
    const std::unique_ptr<std::FILE, Free> key_file(std::fopen(made.key.c_str(), "w"));
    EXPECT_EQ(
        PEM_write_PrivateKey(key_file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr), 1);
    std::filesystem::permissions(made.key, std::filesystem::perms::owner_read);
    return made;
}

}  // namespace api::http::loopback
