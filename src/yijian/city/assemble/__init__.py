"""Arrays of integers to the claims tables, every declared column in order; what a city does not know stays empty.

columns.py       one column at a time: constants, look-ups, numbers as text, decimals, dates
identity.py      invented names, certificate numbers that cannot be real, addresses
claims.py        mdtrt_d, setl_d, fee_list_d and its corrections
people.py        psn_info_b, psn_insu_d, psn_absn_d, opsp_reg_d, the lists of diagnoses and operations
institutions.py  fixmedins_b, medins_dr_b
goods.py         invinfo_d, invchg_d, purcinfo_d, selinfo_d, drug_trac_d
agency.py        opter_b, opt_log_d, manl_reim_d, clr_d, disb_d, agre_d, staf_psn_clct_detl_d
care.py          ltc_assess_d, ltc_plan_d, ltc_serv_d
whole.py         all of them, with what the scenes changed
"""
