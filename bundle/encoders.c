/* libvpx as FFmpeg sees it where it is not there. Only its encoders would be used: FFmpeg decodes VP8 and VP9 itself,
 * and nothing here writes them. Every call fails or finds nothing. */
enum { INCAPABLE = 4 }; /* VPX_CODEC_INCAPABLE */

#define FAILS(name) int name() { return INCAPABLE; }
#define NOTHING(name) void *name() { return 0; }
#define TEXT(name) const char *name() { return "libvpx is not in this program"; }

FAILS(vpx_codec_control_)
FAILS(vpx_codec_dec_init_ver)
FAILS(vpx_codec_decode)
FAILS(vpx_codec_destroy)
FAILS(vpx_codec_enc_config_default)
FAILS(vpx_codec_enc_config_set)
FAILS(vpx_codec_enc_init_ver)
FAILS(vpx_codec_encode)
FAILS(vpx_codec_set_frame_buffer_functions)
NOTHING(vpx_codec_get_caps)
NOTHING(vpx_codec_get_cx_data)
NOTHING(vpx_codec_get_frame)
NOTHING(vpx_codec_version)
NOTHING(vpx_codec_vp8_cx)
NOTHING(vpx_codec_vp8_dx)
NOTHING(vpx_codec_vp9_cx)
NOTHING(vpx_codec_vp9_dx)
NOTHING(vpx_img_wrap)
TEXT(vpx_codec_build_config)
TEXT(vpx_codec_err_to_string)
TEXT(vpx_codec_error)
TEXT(vpx_codec_error_detail)
TEXT(vpx_codec_version_str)
