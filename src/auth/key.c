#include "auth/key.h"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/id.h"

#define COORDINATE_SIZE 32 /* bytes of x and of y on P-256, leading zeros kept (RFC 7518, section 6.2.1.2) */

static void key_free_pkey(EVP_PKEY **pkey)
{
	EVP_PKEY_free(*pkey);
}

static void key_free_bio(BIO **bio)
{
	BIO_free(*bio);
}

static void key_free_number(BIGNUM **number)
{
	BN_free(*number);
}

/* OpenSSL would ask the terminal for a passphrase; a service has nobody to answer. */
static int key_no_passphrase(char *buffer, int size, int writing, void *context)
{
	(void)buffer, (void)size, (void)writing, (void)context;
	return -1;
}

static EVP_PKEY *key_parse(BIO *bio, bool *ret_private)
{
	EVP_PKEY *pkey = PEM_read_bio_PrivateKey(bio, NULL, key_no_passphrase, NULL);
	if (pkey) {
		*ret_private = true;
		return pkey;
	}
	if (BIO_seek(bio, 0) != 0)
		return NULL;
	*ret_private = false;
	return PEM_read_bio_PUBKEY(bio, NULL, key_no_passphrase, NULL);
}

static bool key_is_p256(const EVP_PKEY *pkey)
{
	char group[32] = "";
	return EVP_PKEY_is_a(pkey, "EC") && EVP_PKEY_get_group_name(pkey, group, sizeof(group), NULL) == 1 &&
	       strcmp(group, "prime256v1") == 0;
}

static const char *key_coordinate(const EVP_PKEY *pkey, const char *name, struct arena *arena)
{
	__attribute__((cleanup(key_free_number))) BIGNUM *number = NULL;
	unsigned char bytes[COORDINATE_SIZE];
	if (EVP_PKEY_get_bn_param(pkey, name, &number) != 1 || BN_bn2binpad(number, bytes, COORDINATE_SIZE) != COORDINATE_SIZE)
		return NULL;
	return base64url_encode(arena, bytes, sizeof(bytes));
}

/* The private key as text in the arena, written by OpenSSL in the one form that libjwt reads, whatever form the file had. */
static char *key_pem(const EVP_PKEY *pkey, struct arena *arena)
{
	__attribute__((cleanup(key_free_bio))) BIO *bio = BIO_new(BIO_s_secmem());
	char *text = NULL;
	long length = PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL) == 1 ? BIO_get_mem_data(bio, &text) : 0;
	return length > 0 ? arena_strndup(arena, text, (size_t)length) : NULL;
}

const char *key_read(const char *path, const char *id, struct arena *arena, struct key *ret_key)
{
	__attribute__((cleanup(key_free_bio))) BIO *bio = BIO_new_file(path, "r");
	if (!bio)
		return "cannot be read";
	bool private = false;
	__attribute__((cleanup(key_free_pkey))) EVP_PKEY *pkey = key_parse(bio, &private);
	if (!pkey)
		return "is not an unencrypted PEM key";
	if (!key_is_p256(pkey))
		return "is not an EC key on P-256";
	struct key key = {
		.id = arena_strdup(arena, id),
		.private_pem = private ? key_pem(pkey, arena) : NULL,
		.x = key_coordinate(pkey, OSSL_PKEY_PARAM_EC_PUB_X, arena),
		.y = key_coordinate(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, arena),
	};
	if (!key.x || !key.y || (private && !key.private_pem))
		return "has a key that OpenSSL cannot use";
	key.pkey = pkey;
	pkey = NULL;
	*ret_key = key;
	return NULL;
}

static const char *key_fill(int file, const EVP_PKEY *pkey)
{
	FILE *stream = fdopen(file, "w");
	if (!stream) {
		close(file);
		return "cannot be written";
	}
	bool written = PEM_write_PKCS8PrivateKey(stream, pkey, NULL, NULL, 0, NULL, NULL) == 1 && fflush(stream) == 0 &&
	               fsync(fileno(stream)) == 0;
	return fclose(stream) == 0 && written ? NULL : "cannot be written";
}

const char *key_write_new(const char *path)
{
	__attribute__((cleanup(key_free_pkey))) EVP_PKEY *pkey = EVP_EC_gen("P-256");
	if (!pkey)
		return "cannot be made: OpenSSL has no P-256";
	/* A process that reads the directory meanwhile must not meet half a key: *.pem appears when it is whole. */
	char partial[4096];
	int length = snprintf(partial, sizeof(partial), "%s.new", path);
	if (length < 0 || (size_t)length >= sizeof(partial))
		return "has too long a name";
	int file = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
	if (file < 0)
		return "cannot be created";
	const char *wrong = key_fill(file, pkey);
	if (!wrong && link(partial, path) != 0)
		wrong = "cannot be created";
	unlink(partial);
	return wrong;
}

void key_end(struct key *key)
{
	EVP_PKEY_free(key->pkey);
	if (key->private_pem)
		OPENSSL_cleanse(key->private_pem, strlen(key->private_pem));
}

/* As OpenSSL reads a signature, in DER; the caller's, to be freed. The length, or less than 1. */
static int key_signature(const unsigned char bytes[KEY_SIGNATURE_SIZE], unsigned char **ret_der)
{
	ECDSA_SIG *signature = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(bytes, KEY_SIGNATURE_SIZE / 2, NULL);
	BIGNUM *s = BN_bin2bn(bytes + KEY_SIGNATURE_SIZE / 2, KEY_SIGNATURE_SIZE / 2, NULL);
	if (!signature || !r || !s)
		abort(); /* only memory can have run out */
	ECDSA_SIG_set0(signature, r, s);
	int length = i2d_ECDSA_SIG(signature, ret_der);
	ECDSA_SIG_free(signature);
	return length;
}

bool key_verify(const struct key *key, const void *bytes, size_t length, const unsigned char signature[KEY_SIGNATURE_SIZE])
{
	unsigned char *der = NULL;
	int der_length = key_signature(signature, &der);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool is_good = der_length > 0 && EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key->pkey) == 1 &&
	               EVP_DigestVerify(context, der, (size_t)der_length, bytes, length) == 1;
	EVP_MD_CTX_free(context);
	OPENSSL_free(der);
	return is_good;
}

const char *key_jwk(const struct key *key, struct arena *arena)
{
	struct buffer jwk = buffer_create(arena);
	buffer_append_string(&jwk, "{\"kty\":\"EC\",\"crv\":\"P-256\",\"use\":\"sig\",\"alg\":\"ES256\",\"kid\":");
	buffer_append_json(&jwk, key->id);
	buffer_printf(&jwk, ",\"x\":\"%s\",\"y\":\"%s\"}", key->x, key->y);
	return jwk.data;
}
