# Points the project at the libraries of the static bridge. LEANSPEC_STATIC_PREFIX comes from the environment, set by static-bridge.sh.
set(prefix $ENV{LEANSPEC_STATIC_PREFIX})
set(CMAKE_BUILD_TYPE MinSizeRel CACHE STRING "")
set(CMAKE_C_COMPILER gcc CACHE STRING "")
set(CMAKE_CXX_COMPILER g++ CACHE STRING "")
set(CMAKE_POSITION_INDEPENDENT_CODE OFF CACHE BOOL "")
# Asserts of our own stay, as in the release build; Boost's go, for size. Seen as a whole at the link the program is 115 KB smaller.
set(CMAKE_CXX_FLAGS_MINSIZEREL "-Oz -flto=auto -ffunction-sections -fdata-sections -fno-pie -DBOOST_DISABLE_ASSERTS" CACHE STRING "")
# gold folds functions with the same code whose address nobody takes, 115 KB of template instances, and with -O2 strings that end alike, 8 KB.
set(CMAKE_EXE_LINKER_FLAGS "-static -no-pie -fuse-ld=gold -Wl,-O2 -Wl,--icf=safe -Wl,--gc-sections -Wl,--build-id=none" CACHE STRING "")
set(LEANSPEC_HUB OFF CACHE BOOL "")
set(LEANSPEC_TESTS OFF CACHE BOOL "")

set(OPENSSL_ROOT_DIR ${prefix} CACHE PATH "")
set(OPENSSL_USE_STATIC_LIBS ON CACHE BOOL "")
set(OPENSSL_INCLUDE_DIR ${prefix}/include CACHE PATH "")
set(OPENSSL_CRYPTO_LIBRARY ${prefix}/lib/libcrypto.a CACHE FILEPATH "")
set(OPENSSL_SSL_LIBRARY ${prefix}/lib/libssl.a CACHE FILEPATH "")
set(SQLite3_INCLUDE_DIR ${prefix}/include CACHE PATH "")
set(SQLite3_LIBRARY ${prefix}/lib/libsqlite3.a CACHE FILEPATH "")
set(Protobuf_INCLUDE_DIR ${prefix}/include CACHE PATH "")
set(Protobuf_LIBRARY ${prefix}/lib/libprotobuf-lite.a CACHE FILEPATH "")
set(Protobuf_LITE_LIBRARY ${prefix}/lib/libprotobuf-lite.a CACHE FILEPATH "")
