/* The nineteen functions of BLAS and LAPACK that OpenCV calls, done by NumPy's OpenBLAS instead of a second one of
 * 39 MB. NumPy's takes 64-bit integers and adds "scipy_" and "64_" to every name. */
#include <stdint.h>
#include <stdlib.h>

/* An argument may be larger than what LAPACK writes (info of an early return): copies go both ways. */
#define LIST(count) int64_t *wide = malloc(sizeof(int64_t) * (size_t)((count) > 0 ? (count) : 1)); \
  if (!wide) { *info = -1000; return; }
#define BACK(count) for (int64_t i = 0; i < (count); i++) pivots[i] = (int32_t)wide[i]; free(wide);
#define LEAST(a, b) ((a) < (b) ? (a) : (b))

#define GEMM(p, scalar, type) \
  void scipy_cblas_##p##gemm64_(int, int, int, int64_t, int64_t, int64_t, scalar, const type *, int64_t, \
                                const type *, int64_t, scalar, type *, int64_t); \
  void cblas_##p##gemm(int order, int ta, int tb, int32_t m, int32_t n, int32_t k, scalar alpha, const type *a, \
                       int32_t lda, const type *b, int32_t ldb, scalar beta, type *c, int32_t ldc) { \
    scipy_cblas_##p##gemm64_(order, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc); \
  }
GEMM(s, float, float)
GEMM(d, double, double)
GEMM(c, const void *, void)
GEMM(z, const void *, void)

#define LAPACK(p, real) \
  void scipy_##p##getrf_64_(int64_t *, int64_t *, real *, int64_t *, int64_t *, int64_t *); \
  void p##getrf_(int32_t *m, int32_t *n, real *a, int32_t *lda, int32_t *pivots, int32_t *info) { \
    int64_t m8 = *m, n8 = *n, lda8 = *lda, info8 = 0, count = LEAST(m8, n8); \
    LIST(count) \
    scipy_##p##getrf_64_(&m8, &n8, a, &lda8, wide, &info8); \
    *info = (int32_t)info8; \
    BACK(count) \
  } \
  void scipy_##p##gesv_64_(int64_t *, int64_t *, real *, int64_t *, int64_t *, real *, int64_t *, int64_t *); \
  void p##gesv_(int32_t *n, int32_t *nrhs, real *a, int32_t *lda, int32_t *pivots, real *b, int32_t *ldb, \
                int32_t *info) { \
    int64_t n8 = *n, nrhs8 = *nrhs, lda8 = *lda, ldb8 = *ldb, info8 = 0; \
    LIST(n8) \
    scipy_##p##gesv_64_(&n8, &nrhs8, a, &lda8, wide, b, &ldb8, &info8); \
    *info = (int32_t)info8; \
    BACK(n8) \
  } \
  void scipy_##p##potrf_64_(char *, int64_t *, real *, int64_t *, int64_t *, size_t); \
  void p##potrf_(char *uplo, int32_t *n, real *a, int32_t *lda, int32_t *info) { \
    int64_t n8 = *n, lda8 = *lda, info8 = 0; \
    scipy_##p##potrf_64_(uplo, &n8, a, &lda8, &info8, 1); \
    *info = (int32_t)info8; \
  } \
  void scipy_##p##posv_64_(char *, int64_t *, int64_t *, real *, int64_t *, real *, int64_t *, int64_t *, size_t); \
  void p##posv_(char *uplo, int32_t *n, int32_t *nrhs, real *a, int32_t *lda, real *b, int32_t *ldb, \
                int32_t *info) { \
    int64_t n8 = *n, nrhs8 = *nrhs, lda8 = *lda, ldb8 = *ldb, info8 = 0; \
    scipy_##p##posv_64_(uplo, &n8, &nrhs8, a, &lda8, b, &ldb8, &info8, 1); \
    *info = (int32_t)info8; \
  } \
  void scipy_##p##gels_64_(char *, int64_t *, int64_t *, int64_t *, real *, int64_t *, real *, int64_t *, real *, \
                           int64_t *, int64_t *, size_t); \
  void p##gels_(char *trans, int32_t *m, int32_t *n, int32_t *nrhs, real *a, int32_t *lda, real *b, int32_t *ldb, \
                real *work, int32_t *lwork, int32_t *info) { \
    int64_t m8 = *m, n8 = *n, nrhs8 = *nrhs, lda8 = *lda, ldb8 = *ldb, lwork8 = *lwork, info8 = 0; \
    scipy_##p##gels_64_(trans, &m8, &n8, &nrhs8, a, &lda8, b, &ldb8, work, &lwork8, &info8, 1); \
    *info = (int32_t)info8; \
  } \
  void scipy_##p##geqrf_64_(int64_t *, int64_t *, real *, int64_t *, real *, real *, int64_t *, int64_t *); \
  void p##geqrf_(int32_t *m, int32_t *n, real *a, int32_t *lda, real *tau, real *work, int32_t *lwork, \
                 int32_t *info) { \
    int64_t m8 = *m, n8 = *n, lda8 = *lda, lwork8 = *lwork, info8 = 0; \
    scipy_##p##geqrf_64_(&m8, &n8, a, &lda8, tau, work, &lwork8, &info8); \
    *info = (int32_t)info8; \
  } \
  void scipy_##p##gesdd_64_(char *, int64_t *, int64_t *, real *, int64_t *, real *, real *, int64_t *, real *, \
                            int64_t *, real *, int64_t *, int64_t *, int64_t *, size_t); \
  void p##gesdd_(char *job, int32_t *m, int32_t *n, real *a, int32_t *lda, real *s, real *u, int32_t *ldu, real *vt, \
                 int32_t *ldvt, real *work, int32_t *lwork, int32_t *scratch, int32_t *info) { \
    int64_t m8 = *m, n8 = *n, lda8 = *lda, ldu8 = *ldu, ldvt8 = *ldvt, lwork8 = *lwork, info8 = 0; \
    (void)scratch; \
    LIST(8 * LEAST(m8, n8)) \
    scipy_##p##gesdd_64_(job, &m8, &n8, a, &lda8, s, u, &ldu8, vt, &ldvt8, work, &lwork8, wide, &info8, 1); \
    *info = (int32_t)info8; \
    free(wide); \
  }
LAPACK(s, float)
LAPACK(d, double)

void scipy_dgeev_64_(char *, char *, int64_t *, double *, int64_t *, double *, double *, double *, int64_t *, double *,
                     int64_t *, double *, int64_t *, int64_t *, size_t, size_t);
void dgeev_(char *jobvl, char *jobvr, int32_t *n, double *a, int32_t *lda, double *wr, double *wi, double *vl,
            int32_t *ldvl, double *vr, int32_t *ldvr, double *work, int32_t *lwork, int32_t *info) {
  int64_t n8 = *n, lda8 = *lda, ldvl8 = *ldvl, ldvr8 = *ldvr, lwork8 = *lwork, info8 = 0;
  scipy_dgeev_64_(jobvl, jobvr, &n8, a, &lda8, wr, wi, vl, &ldvl8, vr, &ldvr8, work, &lwork8, &info8, 1, 1);
  *info = (int32_t)info8;
}
